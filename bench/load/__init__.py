"""What the benches of load share: a station, a generator that costs little, counts and a bare peer."""
