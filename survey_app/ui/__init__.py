"""What every staff page shares: filters, figures, pages for what goes wrong."""
