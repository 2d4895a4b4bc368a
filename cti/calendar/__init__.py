"""Opening hours and calling windows: is it open at a moment, why, and when does that change? Pure: `now` is given."""
