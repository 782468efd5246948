/// A statement of `pg_dump --create` that is about the database itself.
public struct DatabaseStatement: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case create
    case owner(Identifier)
    /// `SET` of a parameter, for all roles or one.
    case setting(parameter: String, role: Identifier?)
    /// The limit of connections, and what else there is to alter.
    case property
    case privilege
    /// A comment or security label.
    case remark
  }

  public var kind: Kind
  public var statement: ScriptStatement
  /// Where the database's name stands among the tokens.
  private let nameIndex: Int

  /// nil for a statement about anything else.
  public init?(_ statement: ScriptStatement) {
    let tokens = statement.tokens
    func name(_ index: Int) -> Identifier? { index < tokens.count ? tokens[index].name : nil }
    func follows(_ keyword: StaticString, at index: Int) -> Bool {
      index < tokens.count && tokens[index].is(keyword)
    }
    func on(_ first: Int) -> Int? {
      tokens.indices.dropFirst(first).first { follows("ON", at: $0) && follows("DATABASE", at: $0 + 1) }
    }
    let found: (Kind, Int)?
    if statement.begins(with: "CREATE", "DATABASE") {
      found = (.create, 2)
    } else if statement.begins(with: "ALTER", "DATABASE") {
      found = (Self.alteration(tokens), 2)
    } else if statement.begins(with: "ALTER", "ROLE"), follows("IN", at: 3), follows("DATABASE", at: 4),
      follows("SET", at: 6)
    {
      found = (.setting(parameter: name(7)?.name ?? "", role: name(2)), 5)
    } else if statement.begins(with: "GRANT") || statement.begins(with: "REVOKE") {
      found = on(2).map { (.privilege, $0 + 2) }
    } else if statement.begins(with: "COMMENT", "ON", "DATABASE") {
      found = (.remark, 3)
    } else if statement.begins(with: "SECURITY", "LABEL") {
      found = on(2).map { (.remark, $0 + 2) }
    } else {
      found = nil
    }
    guard let (kind, index) = found, name(index) != nil else { return nil }
    self.kind = kind
    self.statement = statement
    nameIndex = index
  }

  private static func alteration(_ tokens: [ScriptToken]) -> Kind {
    guard tokens.count > 4 else { return .property }
    if tokens[3].is("OWNER"), tokens.count == 6, let owner = tokens[5].name { return .owner(owner) }
    if tokens[3].is("SET"), !tokens[4].is("TABLESPACE"), let parameter = tokens[4].name {
      return .setting(parameter: parameter.name, role: nil)
    }
    return .property
  }

  /// The same about a database of another name.
  public func renamed(_ name: Identifier) -> ScriptStatement? {
    statement.rewritten { index, token in index == nameIndex ? name.description : token.text }
  }
}
