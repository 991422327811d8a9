"""The time zones that a school chooses from, in words that people use."""

from __future__ import annotations

DEFAULT = "America/Los_Angeles"
CHOICES = (
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona (Phoenix)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/New_York", "Eastern (New York)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Chamorro (Guam)"),
    ("Pacific/Pago_Pago", "Samoa (Pago Pago)"),
    ("America/Mexico_City", "Mexico City"),
    ("America/Toronto", "Toronto"),
    ("America/Bogota", "Bogotá, Lima"),
    ("America/Sao_Paulo", "São Paulo"),
    ("Europe/London", "London, Dublin"),
    ("Europe/Berlin", "Berlin, Madrid, Paris"),
    ("Europe/Athens", "Athens, Helsinki"),
    ("Africa/Lagos", "Lagos"),
    ("Africa/Nairobi", "Nairobi"),
    ("Africa/Johannesburg", "Johannesburg"),
    ("Asia/Dubai", "Dubai"),
    ("Asia/Kolkata", "India"),
    ("Asia/Singapore", "Singapore, Manila"),
    ("Asia/Shanghai", "China"),
    ("Asia/Tokyo", "Tokyo, Seoul"),
    ("Australia/Perth", "Perth"),
    ("Australia/Sydney", "Sydney"),
    ("Pacific/Auckland", "Auckland"),
    ("UTC", "UTC"),
)
