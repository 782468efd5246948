import Postgres

/// What makes the target's database what the source's is, decided without a database.
struct DatabasePlan: Sendable {
  /// A parameter that a database sets for all roles or for one.
  struct Setting: Sendable, Hashable {
    /// In lower case.
    var parameter: String
    var role: Identifier?
  }

  /// Makes the database, with its owner; nil where it is there.
  private(set) var creation: ScriptStatement?
  /// What comes after, inside or outside of it.
  private(set) var changes: [PlannedStatement] = []

  /// - Parameters:
  ///   - script: of `pg_dump --create`.
  ///   - name: the target's.
  ///   - existing: what the target's database sets; nil where there is none yet. What it has of these it keeps.
  init(
    _ script: [DatabaseStatement], name: Identifier, existing: Set<Setting>?, isManaged: Bool
  ) {
    var owner: Identifier?
    for found in script {
      guard let statement = found.renamed(name) else { continue }
      switch found.kind {
      case .create: creation = existing == nil ? statement : nil
      case .owner(let role): owner = role
      case .setting(let parameter, let role):
        guard existing?.contains(Setting(parameter: parameter.lowercased(), role: role)) != true else {
          continue
        }
        changes.append(
          PlannedStatement(statement: statement, refusable: isManaged ? .databaseSetting(parameter) : nil))
      case .property, .remark:
        if existing == nil { changes.append(PlannedStatement(statement: statement)) }
      case .privilege:
        if !isManaged { changes.append(PlannedStatement(statement: statement)) }
      }
    }
    if let owner { creation = creation.flatMap { Self.owned($0, by: owner) } }
  }

  /// In one statement, so that there never is one of another owner.
  private static func owned(_ creation: ScriptStatement, by owner: Identifier) -> ScriptStatement? {
    creation.rewritten { index, token in
      token.text + (index == creation.tokens.count - 1 ? " OWNER = \(owner)" : "")
    }
  }
}

extension DatabasePlan.Setting {
  /// Those of the session's database.
  ///
  /// - Throws: `PostgresError`.
  static func all(on target: borrowing Connection) throws(PostgresError) -> Set<DatabasePlan.Setting> {
    let found = try target.query(
      """
      SELECT lower(split_part(c.setting, '=', 1)) AS parameter, r.rolname AS role
      FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
      LEFT JOIN pg_roles AS r ON r.oid = s.setrole
      WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
      """, doing: "looking at the database's settings"
    ) { row throws(PostgresError) in
      DatabasePlan.Setting(
        parameter: try row.text("parameter"), role: try row.optionalText("role").map(Identifier.init))
    }
    return Set(found)
  }
}
