"""Who was told what, how it reached them, and whether they have read it."""
