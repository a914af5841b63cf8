"""The page where a person sees what one brand holds about her, and changes what it may do. Reached by a signed link."""
