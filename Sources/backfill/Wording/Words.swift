import BackfillCommands
import Postgres

/// A finding as a person reads it: what is the case, and what to do about it.
struct Words: Equatable {
  var text: String
  var hint: String?
  /// The statement that mends it, ready to be run: one line, but for what names hold.
  var mend: String?

  init(_ text: String, hint: String? = nil, mend: String? = nil) {
    self.text = text
    self.hint = hint
    self.mend = mend
  }

  /// `a, b, c and 2 more`
  ///
  /// - Parameter count: of all items, where only some are given.
  static func list(_ items: [String], count: Int? = nil, limit: Int = 5, separator: String = ", ") -> String {
    let shown = items.prefix(limit)
    let more = (count ?? items.count) - shown.count
    return shown.joined(separator: separator) + (more > 0 ? " and \(more) more" : "")
  }

  static func list(_ names: [QualifiedName], limit: Int = 5) -> String {
    list(names.map(\.shown), limit: limit)
  }
}

extension Message {
  init(_ kind: Kind, _ finding: Finding) {
    let words = finding.words
    self.init(kind, words.text, hint: words.hint)
    facts = Facts(
      code: finding.code, side: finding.side?.rawValue, object: finding.object, sqlState: finding.sqlState,
      detail: finding.detail)
  }
}

extension Finding {
  var words: Words {
    switch self {
    case .server(let error): Words(error.text, hint: error.advice)
    case .unexpected(let text): Words(text)
    case .databases(let finding): finding.words
    case .versions(let finding): finding.words
    case .queue(let finding): finding.words
    case .selection(let finding): finding.words
    case .time(let finding): finding.words
    case .schema(let finding): finding.words
    case .table(let finding): finding.words
    case .access(let finding): finding.words
    case .condition(let finding): finding.words
    case .hazard(let finding): finding.words
    case .staging(let finding): finding.words
    case .work(let finding): finding.words
    case .completeness(let finding): finding.words
    case .refresh(let finding): finding.words
    case .clean(let finding): finding.words
    case .jobs(let finding): finding.words
    case .status(let finding): finding.words
    case .report(let finding): finding.words
    case .program(let finding): finding.words
    case .transfer(let finding): finding.words
    case .definition(let finding): finding.words
    case .migration(let finding): finding.words
    case .archive(let finding): finding.words
    case .load(let finding): finding.words
    }
  }
}

extension QualifiedName {
  /// As PostgreSQL quotes it; a line break in it doesn't become one of the message.
  var shown: String { SafeText.line(description) }
}

extension Identifier {
  var shown: String { SafeText.line(description) }
}

extension TimePoint {
  /// A day's beginning is told by its date.
  var shown: String {
    switch self {
    case .beginning: "the beginning of time"
    case .time(let time): time.isMidnight ? time.date : time.text
    case .localTime(let time): time.isMidnight ? time.date : "\(time.date) \(time.time)"
    case .date(let day): day.date
    case .number(let number): "\(number)"
    case .end: "the end of time"
    }
  }
}

extension Timestamp {
  fileprivate var isMidnight: Bool { time == "00:00:00" }
}

extension TimeText {
  var shown: String {
    switch self {
    case .beginning: "the beginning of time"
    case .time(let text): SafeText.line(text)
    case .end: "the end of time"
    }
  }
}
