"""The record of acts, readable by those who look after an organisation."""
