/// What a command line asks for, complete and checked as far as that is possible without a database.
enum Invocation: Sendable {
  case help(HelpTopic)
  case version
  case run(Command)
}
