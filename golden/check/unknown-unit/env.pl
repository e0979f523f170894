let size = 64MB
//~ E0106 @12-16 unknown unit `MB`
//~ help: did you mean `MiB`? sizes are B, KiB, MiB, GiB, TiB, durations ms, s, min, h, d, rates a size and `/s`
