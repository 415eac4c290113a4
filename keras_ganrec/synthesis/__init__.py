"""What generators of users and of rows are made of; no paper is known here."""
