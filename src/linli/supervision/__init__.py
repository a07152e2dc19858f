"""What whoever supervises an area keeps: notes of field visits with their follow-ups."""
