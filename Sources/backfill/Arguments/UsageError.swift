import Postgres

/// Why a command line can't be followed. Nothing was attempted.
///
/// What it is, what is said about it (`message`, `hint`) and the exit code are three things. A case holds a
/// word of the command line only as a `Quotation`, which decides once whether it may be shown.
enum UsageError: Error, Equatable, Sendable {
  case noSubcommand
  case unknownSubcommand(Quotation, suggestion: String?)
  /// The second word of a subcommand isn't one of its group's.
  case unknownAction(Quotation, group: String, suggestion: String?)
  /// It lacks a second word.
  case missingAction(group: String)
  case unknownTopic(Quotation, suggestion: String?)
  case unknownOption(Quotation, suggestion: String?)
  case misplacedOption(Option, subcommand: Subcommand)
  case unexpectedArgument(Quotation, subcommand: Subcommand)
  case missingValue(Option, nextLooksLikeOption: Bool)
  case emptyValue(Option)
  case valueForFlag(Option)
  case repeated(Option)
  case badValue(Option, Quotation, wanted: String)
  case malformedConnection(Option, fromEnvironment: Bool, reason: ConnectionString.Malformed?)
  case missingOptions([Option], subcommand: Subcommand)
  /// Files, or - for standard input.
  case missingFiles(subcommand: Subcommand)
  /// Two options that exclude each other.
  case alternatives(Option, Option)
  /// An option that needs one of others beside it.
  case alone(Option, others: [Option], subcommand: Subcommand)
  /// A document is one answer, and watching gives many.
  case watchedDocument
  /// Standard output has room for the report or a document.
  case reportBesideDocument
  /// Questions have no terminal.
  case nobodyToAsk
  case notUnicode(position: Int)
  /// A file that can't be opened, with what the system says of it.
  case unusableFile(Option, reason: String)
}
