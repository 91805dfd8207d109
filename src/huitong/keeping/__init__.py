"""What whoever runs the desk needs: its state, a doctor, backup and restore, export, retention (docs/operate.md)."""
