"""The domain core: nouns, seams and rules, with no disk, network or vendor library behind them."""
