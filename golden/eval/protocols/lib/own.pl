component Own { provides web: Http on 88, file "/web" = text web.url }
