"""The preference centre: on proof of her address a person sees every brand of this installation that holds her."""
