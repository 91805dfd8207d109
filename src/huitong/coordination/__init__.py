"""What a decision sets in motion: notes, meetings, talks, commitments. Rows and outbox letters; matters/ calls it."""
