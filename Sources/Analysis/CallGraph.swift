import Pprof
