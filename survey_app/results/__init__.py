"""Reveal, snapshot, gap pictures, exports of one's own."""
