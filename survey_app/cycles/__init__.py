"""The PDSA record around all of that: plan, log, decide, series, prints."""
