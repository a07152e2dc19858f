"""Who answers for what, where: areas, boundaries, units, posts, holdings; builds the Territory and the Actor."""
