"""The SHOULD side: how lightly a campaign touches people, from 0 (heavy) to 100 (light), factor by factor."""
