"""What others drew: files to named layers on the scan's own grid."""
