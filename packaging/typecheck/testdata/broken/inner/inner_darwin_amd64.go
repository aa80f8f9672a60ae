package inner

func half() int { return Size / 2.5 }
