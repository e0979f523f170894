let numbers = [0, 1_000, 0755, 0o644, 1.5, 64B, 1.5KiB, 64MiB, 96GiB, 2TiB]
let times = [10ms, 30s, 5min, 2h, 1d]
let parts = [70%, 12.5%]
let flags = [true, false]
