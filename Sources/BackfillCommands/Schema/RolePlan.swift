import Postgres

/// Which of the source's roles the target gets, decided without a database.
struct RolePlan: Sendable {
  /// What the target has, and whether the role there is a superuser.
  struct Target: Sendable {
    var roles: Set<Identifier> = []
    var memberships: Set<RoleStatement.Membership> = []
    /// The target's role is no superuser.
    var isManaged = false
    /// That role may give these to others.
    var mayCreateDatabases = true
  }

  private(set) var changes: [PlannedStatement] = []
  private(set) var created: [Identifier] = []
  private(set) var kept: [Identifier] = []
  private(set) var memberships = 0
  /// Roles that may log in and get no password.
  private(set) var withoutPassword: [Identifier] = []
  private(set) var leftOut: [(role: Identifier, attributes: [String])] = []

  /// - Parameters:
  ///   - script: of `pg_dumpall --roles-only`.
  ///   - bootstrapSuperuser: the source's; what it granted is granted by whoever runs this.
  ///   - hasPasswords: the script has password hashes.
  init(
    _ script: [RoleStatement], target: Target, bootstrapSuperuser: Identifier, hasPasswords: Bool
  ) {
    for statement in script {
      switch statement {
      case .session: continue
      case .create(let role, let statement):
        guard !target.roles.contains(role) else {
          kept.append(role)
          continue
        }
        created.append(role)
        changes.append(PlannedStatement(statement: statement))
      case .attributes(let role, let statement):
        guard !target.roles.contains(role) else { continue }
        add(attributes: statement, of: role, target)
        if !hasPasswords, statement.has(attribute: "LOGIN") { withoutPassword.append(role) }
      case .setting(let role, let statement):
        guard !target.roles.contains(role) else { continue }
        changes.append(
          PlannedStatement(statement: statement, refusable: target.isManaged ? .roleSetting(role) : nil))
      case .remark(let role, let statement):
        guard !target.roles.contains(role), !target.isManaged else { continue }
        changes.append(PlannedStatement(statement: statement))
      case .membership(let membership, let statement):
        guard !target.memberships.contains(membership) else { continue }
        add(membership, statement, target, bootstrapSuperuser)
      case .other(let statement):
        changes.append(
          PlannedStatement(statement: statement, refusable: target.isManaged ? .parameterPrivilege : nil))
      }
    }
  }

  private mutating func add(attributes statement: ScriptStatement, of role: Identifier, _ target: Target) {
    guard target.isManaged else {
      changes.append(PlannedStatement(statement: statement))
      return
    }
    // Who may not give it may not even say that a role lacks it (16).
    let others = target.mayCreateDatabases ? [] : ["CREATEDB", "NOCREATEDB"]
    guard let reduced = statement.withoutAttributes(ofSuperusersAnd: others) else { return }
    changes.append(PlannedStatement(statement: reduced))
    let lost =
      statement.superuserAttributes
      + (others.isEmpty || !statement.has(attribute: "CREATEDB") ? [] : ["CREATEDB"])
    if !lost.isEmpty { leftOut.append((role, lost)) }
  }

  private mutating func add(
    _ membership: RoleStatement.Membership, _ statement: ScriptStatement, _ target: Target,
    _ bootstrapSuperuser: Identifier
  ) {
    let keepsGrantor = !target.isManaged && statement.grantor != bootstrapSuperuser
    guard let granting = keepsGrantor ? statement : statement.withoutGrantor else { return }
    memberships += 1
    changes.append(
      PlannedStatement(
        statement: granting,
        refusable: target.isManaged
          ? .membership(role: membership.role, member: membership.member) : nil))
  }
}

extension RolePlan.Target {
  /// - Throws: `PostgresError`.
  static func find(
    on target: borrowing Connection, isManaged: Bool
  ) throws(PostgresError) -> RolePlan.Target {
    let operation = "listing the target's roles"
    let roles = try target.query("SELECT rolname FROM pg_roles", doing: operation) {
      row throws(PostgresError) in Identifier(try row.text("rolname"))
    }
    let memberships = try target.query(
      """
      SELECT r.rolname AS role, m.rolname AS member FROM pg_auth_members AS a
      JOIN pg_roles AS r ON r.oid = a.roleid JOIN pg_roles AS m ON m.oid = a.member
      """, doing: operation
    ) { row throws(PostgresError) in
      RoleStatement.Membership(
        role: Identifier(try row.text("role")), member: Identifier(try row.text("member")))
    }
    let own = try target.query(
      "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user", doing: operation
    ) { row throws(PostgresError) in try row.flag("rolcreatedb") }
    return RolePlan.Target(
      roles: Set(roles), memberships: Set(memberships), isManaged: isManaged,
      mayCreateDatabases: own.first ?? false)
  }
}
