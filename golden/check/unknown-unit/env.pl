let size = 64MB
