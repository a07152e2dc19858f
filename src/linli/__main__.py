from linli.site.cli import main

main()
