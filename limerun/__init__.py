"""limerun: tells what a Lime CRM task costs, before production does. Imports nothing."""
