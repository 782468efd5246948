/// A statement of `pg_dumpall --roles-only`, by what it is about.
public enum RoleStatement: Sendable, Equatable {
  /// A setting of the session in which the script runs.
  case session(ScriptStatement)
  case create(Identifier, ScriptStatement)
  /// `ALTER ROLE name WITH ...`: attributes and password.
  case attributes(Identifier, ScriptStatement)
  /// `ALTER ROLE name SET ...`, in a database or in all of them.
  case setting(Identifier, ScriptStatement)
  /// A comment or security label.
  case remark(Identifier, ScriptStatement)
  case membership(Membership, ScriptStatement)
  /// Anything else, such as a privilege on a parameter.
  case other(ScriptStatement)

  /// That a role belongs to another one.
  public struct Membership: Sendable, Hashable {
    public var role: Identifier
    public var member: Identifier

    public init(role: Identifier, member: Identifier) {
      self.role = role
      self.member = member
    }
  }

  public init(_ statement: ScriptStatement) {
    self = Self.known(statement) ?? .other(statement)
  }

  public var statement: ScriptStatement {
    switch self {
    case .session(let statement), .create(_, let statement), .attributes(_, let statement),
      .setting(_, let statement), .remark(_, let statement), .membership(_, let statement),
      .other(let statement):
      statement
    }
  }

  private static func known(_ statement: ScriptStatement) -> RoleStatement? {
    let tokens = statement.tokens
    func name(_ index: Int) -> Identifier? { index < tokens.count ? tokens[index].name : nil }
    if statement.begins(with: "SET") { return .session(statement) }
    if statement.begins(with: "CREATE", "ROLE"), tokens.count == 3 {
      return name(2).map { .create($0, statement) }
    }
    if statement.begins(with: "ALTER", "ROLE"), tokens.count > 3, let role = name(2) {
      return tokens[3].is("WITH") ? .attributes(role, statement) : .setting(role, statement)
    }
    if statement.begins(with: "COMMENT", "ON", "ROLE") { return name(3).map { .remark($0, statement) } }
    if statement.begins(with: "SECURITY", "LABEL", "FOR"), tokens.count > 6, tokens[4].is("ON"),
      tokens[5].is("ROLE")
    {
      return name(6).map { .remark($0, statement) }
    }
    if statement.begins(with: "GRANT"), tokens.count > 3, tokens[2].is("TO"), let role = name(1),
      let member = name(3)
    {
      return .membership(Membership(role: role, member: member), statement)
    }
    return nil
  }
}

extension ScriptStatement {
  /// Attributes that only a superuser may set, whether on or off.
  private static let superuserAttributes: [StaticString] = ["SUPERUSER", "REPLICATION", "BYPASSRLS"]
  private static let superuserNegations: [StaticString] = ["NOSUPERUSER", "NOREPLICATION", "NOBYPASSRLS"]

  /// Of `ALTER ROLE name WITH ...` the attributes it gives that only a superuser can give.
  public var superuserAttributes: [String] {
    tokens.dropFirst(4).filter { token in Self.superuserAttributes.contains { token.is($0) } }.map(\.text)
  }

  /// `ALTER ROLE name WITH ...` without the attributes that only a superuser may set, and without others.
  ///
  /// - Parameter others: as the statement has them, in upper case.
  public func withoutAttributes(ofSuperusersAnd others: [String]) -> ScriptStatement? {
    let left = Self.superuserAttributes + Self.superuserNegations
    return rewritten { index, token in
      let isLeftOut =
        index > 3 && token.kind == .word
        && (left.contains { token.is($0) } || others.contains(token.text.uppercased()))
      return isLeftOut ? nil : token.text
    }
  }

  /// `ALTER ROLE name WITH ...` without the password or its hash.
  public var withoutPassword: ScriptStatement? {
    guard let start = tokens.indices.dropFirst(4).first(where: { tokens[$0].is("PASSWORD") }) else {
      return self
    }
    return rewritten { index, token in (start...start + 1).contains(index) ? nil : token.text }
  }

  /// Whether `ALTER ROLE name WITH ...` gives these.
  public func has(attribute: StaticString) -> Bool { tokens.dropFirst(4).contains { $0.is(attribute) } }

  /// `GRANT role TO member ... GRANTED BY grantor`: who granted it.
  public var grantor: Identifier? { grantorStart.flatMap { tokens[$0 + 2].name } }

  /// The same statement without saying who granted it, which then is who runs it.
  public var withoutGrantor: ScriptStatement? {
    guard let start = grantorStart else { return self }
    return rewritten { index, token in (start...start + 2).contains(index) ? nil : token.text }
  }

  private var grantorStart: Int? {
    tokens.indices.dropFirst(4).first { index in
      index + 2 < tokens.count && tokens[index].is("GRANTED") && tokens[index + 1].is("BY")
    }
  }
}
