"""What researchers read and take along: item reports, agreements, data packages."""
