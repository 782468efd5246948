internal import CLibpq

extension PostgresError {
  /// From a result that carries the server's error, or libpq's own about the lost connection.
  init(result: OpaquePointer, connection: OpaquePointer, side: Side, operation: String) {
    func field(_ code: Int32) -> String? {
      PQresultErrorField(result, code).map { String(cString: $0) }
    }
    let state = field(PGDiag.sqlState)
    // Class 57P is the server shutting down or throwing the session out; without any SQLSTATE it is libpq
    // that speaks, and it speaks of a connection that is gone.
    let lost = PQstatus(connection) == CONNECTION_BAD
    let text =
      field(PGDiag.primary) ?? String(cString: PQresultErrorMessage(result)).trimmingLineEnds
    self.init(
      kind: lost ? .connectionLost : .refusedByServer, side: side, operation: operation, sqlState: state,
      message: text)
    detail = field(PGDiag.detail)
    hint = field(PGDiag.hint)
    if let schema = field(PGDiag.schema), let table = field(PGDiag.table) {
      relation = QualifiedName(schema, table)
    }
    constraint = field(PGDiag.constraint)
    column = field(PGDiag.column)
    context = field(PGDiag.context)
    routine = field(PGDiag.routine)
  }

  static func sqlState(of result: OpaquePointer) -> String? {
    PQresultErrorField(result, PGDiag.sqlState).map { String(cString: $0) }
  }

  static func message(of result: OpaquePointer) -> String? {
    PQresultErrorField(result, PGDiag.primary).map { String(cString: $0) }
  }

  /// Whether the server hangs up after this.
  static func endsSession(_ result: OpaquePointer) -> Bool {
    PQresultErrorField(result, PGDiag.severity).map { ["FATAL", "PANIC"].contains(String(cString: $0)) }
      ?? false
  }

  /// A session that broke while it was in use.
  init(lost connection: OpaquePointer, side: Side, operation: String) {
    let text = String(cString: PQerrorMessage(connection)).trimmingLineEnds
    self.init(
      kind: .connectionLost, side: side, operation: operation, reason: text.isEmpty ? .lost : .said(text))
  }

  /// A session that could not be made.
  init(connectionFailure connection: OpaquePointer, string: ConnectionString, side: Side) {
    // libpq quotes the value it can't use. An unescaped @ in a URI's password moves the rest of that into the host
    // name; a missing quote does the like in a keyword string.
    if let keyword = string.keywordHoldingSecret {
      self.init(
        kind: .connectionFailed, side: side, operation: "connecting", reason: .passwordInValue(of: keyword))
      return
    }
    let refusal = StartupRefusal(verbose: String(cString: PQerrorMessage(connection)))
    self.init(
      kind: .connectionFailed, side: side, operation: "connecting", sqlState: refusal.sqlState,
      reason: refusal.text.isEmpty
        ? .noAnswer(from: ServerAddress(of: connection), seconds: nil) : .said(refusal.text))
    lacksPassword = PQconnectionNeedsPassword(connection) == 1
  }
}

extension ServerAddress {
  /// - Returns: nil where there is none, or the host holds what may be a secret.
  init?(of connection: OpaquePointer) {
    host = PQhost(connection).map { String(cString: $0) } ?? ""
    port = PQport(connection).map { String(cString: $0) } ?? ""
    guard !host.isEmpty, !host.dropFirst().contains(part: "@"), !host.contains(part: "=") else { return nil }
  }
}

/// libpq's field codes are character constants behind macros (`postgres_ext.h`), which Swift can't import.
private enum PGDiag {
  /// Not translated, unlike S.
  static let severity = Int32(UInt8(ascii: "V"))
  static let sqlState = Int32(UInt8(ascii: "C"))
  static let primary = Int32(UInt8(ascii: "M"))
  static let detail = Int32(UInt8(ascii: "D"))
  static let hint = Int32(UInt8(ascii: "H"))
  static let context = Int32(UInt8(ascii: "W"))
  static let schema = Int32(UInt8(ascii: "s"))
  static let column = Int32(UInt8(ascii: "c"))
  static let table = Int32(UInt8(ascii: "t"))
  static let constraint = Int32(UInt8(ascii: "n"))
  static let routine = Int32(UInt8(ascii: "R"))
}

extension String {
  /// Without the line ends that libpq puts after its messages.
  ///
  /// What libpq indents on a further line goes on with the line before.
  var trimmingLineEnds: String {
    split(whereSeparator: \.isNewline).map { line in String(line.drop(while: \.isWhitespace)) }
      .filter { !$0.isEmpty }.joined(separator: "; ")
  }
}
