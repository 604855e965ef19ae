import TidemarkCommand

TidemarkCommand.main()
