archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian }
profile p0 of e extends p1 { }
//~ E0109 @9-11 more than 32 profiles extend one another
//~ help: put what they share into one of them
profile p1 of e extends p2 { }
//~ E0109 @9-11 more than 32 profiles extend one another
//~ help: put what they share into one of them
profile p2 of e extends p3 { }
profile p3 of e extends p4 { }
profile p4 of e extends p5 { }
profile p5 of e extends p6 { }
profile p6 of e extends p7 { }
profile p7 of e extends p8 { }
profile p8 of e extends p9 { }
profile p9 of e extends p10 { }
profile p10 of e extends p11 { }
profile p11 of e extends p12 { }
profile p12 of e extends p13 { }
profile p13 of e extends p14 { }
profile p14 of e extends p15 { }
profile p15 of e extends p16 { }
profile p16 of e extends p17 { }
profile p17 of e extends p18 { }
profile p18 of e extends p19 { }
profile p19 of e extends p20 { }
profile p20 of e extends p21 { }
profile p21 of e extends p22 { }
profile p22 of e extends p23 { }
profile p23 of e extends p24 { }
profile p24 of e extends p25 { }
profile p25 of e extends p26 { }
profile p26 of e extends p27 { }
profile p27 of e extends p28 { }
profile p28 of e extends p29 { }
profile p29 of e extends p30 { }
profile p30 of e extends p31 { }
profile p31 of e extends p32 { }
profile p32 of e extends p33 { }
profile p33 of e extends p34 { }
profile p34 of e { }
