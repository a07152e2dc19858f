"""Pages for administrators: procedures and the catalogue as documents that an officer can read."""
