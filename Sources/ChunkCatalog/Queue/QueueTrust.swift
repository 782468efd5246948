public import Postgres

/// Whose the queue is. What another role can attach to a table runs with the rights of whoever writes to it, and an
/// administrator may be the one who stages. So the schema and its tables belong to the current role or to one whose
/// rights it has, and nothing hangs on the tables that would run, hide or change what is written.
public enum QueueTrust {
  /// Ends the transaction with an error that names what isn't ours. Looks at the newest state of the catalog, so what
  /// is locked in the transaction before is what was looked at.
  public static let guarding = raising(complaints)

  /// The same for a session that only reads, and that may be of a role to which the queue's owner is nobody: triggers and
  /// the like don't run then. Only what would run, or hide rows, while tables are read is refused; to a superuser, whose
  /// rights are worth the most, every owner that `guarding` refuses.
  public static let guardingReads = raising(complaintsOfReaders)

  private static func raising(_ complaints: SQL) -> SQL {
    """
    DO $guard$
    DECLARE
      found text;
    BEGIN
      SELECT c.complaint INTO found FROM (\(complaints)) AS c LIMIT 1;
      IF found IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = found,
          HINT = 'look at what is there and who made it; if it is of no use, drop it, or the whole schema';
      END IF;
    END
    $guard$;
    """
  }

  /// A condition: the schema has a table of this name.
  static func isThere(_ table: String) -> SQL {
    """
    EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = '__backfill' AND c.relname = \(table))
    """
  }

  /// Keeps everybody else from a table until the transaction ends, and looks at what it has locked once more before
  /// anything is written: until then its owner could have changed it.
  static func locking(_ table: Identifier) -> SQL {
    """
    LOCK TABLE ONLY __backfill.\(table) IN SHARE ROW EXCLUSIVE MODE;
    \(guarding)
    """
  }

  private static let tables =
    [
      "session", "task", "split", "deferred", "run", "incident", "staged_window",
      "staged_aggregate", "refreshed", JobRecord.name, MigrationRecord.name,
    ] + LoadRecord.tables

  /// One row for each thing that is wrong, the worst first. No rows where there is no schema.
  private static let complaints = list(
    [
      schemaOwner, tableOwners, ordinariness, inheritance, triggers, rules, policies, defaults, functions,
      types,
      operators, triggerGrants,
    ])

  private static let complaintsOfReaders = list(
    [
      schemaOwner + forSuperusers, tableOwners + forSuperusers, ordinariness, inheritance, policies,
      functions, types,
      operators,
    ])

  private static let forSuperusers: SQL = " AND (SELECT rolsuper FROM me)"

  private static func list(_ complaints: [SQL]) -> SQL {
    """
    WITH RECURSIVE membership AS (
        SELECT oid, rolsuper FROM pg_roles WHERE rolname = current_user
        UNION
        SELECT m.roleid, false FROM pg_auth_members AS m JOIN membership AS s ON s.oid = m.member
      ), me AS (
        SELECT oid, rolsuper FROM pg_roles WHERE rolname = current_user
      ), trusted AS (
        -- A superuser has everybody's rights and would lend them to everybody: only membership that was given counts, the
        -- database's owner, and other superusers.
        SELECT r.oid FROM pg_roles AS r CROSS JOIN me
        WHERE CASE WHEN me.rolsuper
          THEN r.rolsuper OR r.oid IN (SELECT oid FROM membership)
            OR r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
          ELSE pg_has_role(me.oid, r.oid, 'USAGE') END
      ), found AS (
        SELECT c.*, format('table __backfill.%I', c.relname) AS name
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = '__backfill' AND c.relname IN (\(tables.map { "\($0)" as SQL }.joined(separator: ", ")))
      )
    \(complaints.joined(separator: "\nUNION ALL\n"))
    """
  }

  private static let schemaOwner: SQL = """
    SELECT format('schema __backfill belongs to role %s, whose rights the role %s doesn''t have by membership',
      pg_get_userbyid(nspowner), current_user) AS complaint
    FROM pg_namespace WHERE nspname = '__backfill' AND nspowner NOT IN (SELECT oid FROM trusted)
    """

  private static let tableOwners: SQL = """
    SELECT format('%s belongs to role %s, whose rights the role %s doesn''t have by membership', name,
      pg_get_userbyid(relowner), current_user)
    FROM found WHERE relowner NOT IN (SELECT oid FROM trusted)
    """

  private static let ordinariness: SQL = """
    SELECT name || CASE WHEN relpersistence = 'u' THEN ' is unlogged, so a crash would empty it'
      ELSE ' isn''t an ordinary table' END
    FROM found WHERE relkind <> 'r' OR relispartition OR relpersistence <> 'p'
    """

  private static let inheritance: SQL = """
    SELECT format('%s inherits from or is inherited by a table', name)
    FROM found WHERE EXISTS (SELECT FROM pg_inherits WHERE found.oid IN (inhrelid, inhparent))
    """

  /// Only what the current role has written itself may run with its rights.
  private static let triggers: SQL = """
    SELECT format('%s has a trigger, %I, whose function belongs to role %s', name, t.tgname,
      pg_get_userbyid(p.proowner))
    FROM found JOIN pg_trigger AS t ON t.tgrelid = found.oid AND NOT t.tgisinternal
      JOIN pg_proc AS p ON p.oid = t.tgfoid
    WHERE p.proowner <> (SELECT oid FROM me)
    """

  private static let rules: SQL = """
    SELECT format('%s has a rule, %I', name, r.rulename)
    FROM found JOIN pg_rewrite AS r ON r.ev_class = found.oid
    """

  private static let policies: SQL = """
    SELECT format('%s has row-level security or a policy for it', name)
    FROM found
    WHERE relrowsecurity OR EXISTS (SELECT FROM pg_policy WHERE polrelid = found.oid)
    """

  private static let defaults: SQL = """
    SELECT format('column %I of %s has a default that this program didn''t give it', a.attname, name)
    FROM found JOIN pg_attrdef AS d ON d.adrelid = found.oid
      JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE a.attgenerated <> '' OR (found.relname, a.attname) NOT IN (('session', 'id'), ('session', 'created_at'),
      ('task', 'priority'), ('task', 'attempts'), ('run', 'started'), ('staged_window', 'staged_at'))
    """

  /// What of a table has expressions.
  private static let expressions: SQL = """
    SELECT adrelid AS relation, 'pg_attrdef'::regclass AS class, oid FROM pg_attrdef
    UNION ALL SELECT conrelid, 'pg_constraint'::regclass, oid FROM pg_constraint
    UNION ALL SELECT indrelid, 'pg_class'::regclass, indexrelid FROM pg_index
    """

  private static let functions: SQL = """
    SELECT format('%s uses a function that isn''t PostgreSQL''s own, %s', name, p.oid::regprocedure)
    FROM found
      JOIN (\(expressions)) AS part ON part.relation = found.oid
      JOIN pg_depend AS d ON d.classid = part.class AND d.objid = part.oid AND d.refclassid = 'pg_proc'::regclass
      JOIN pg_proc AS p ON p.oid = d.refobjid
    WHERE p.oid >= 16384 AND p.proowner <> (SELECT oid FROM me)
    """

  private static let operators: SQL = """
    SELECT format('%s uses what isn''t PostgreSQL''s own, %s', name, pg_describe_object(d.refclassid, d.refobjid, 0))
    FROM found JOIN (\(expressions)) AS part ON part.relation = found.oid
      JOIN pg_depend AS d ON d.classid = part.class AND d.objid = part.oid
    WHERE d.refclassid IN ('pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass)
      AND d.refobjid >= 16384
    """

  private static let types: SQL = """
    SELECT format('column %I of %s is of a type that isn''t PostgreSQL''s own, %s', a.attname, name,
      format_type(a.atttypid, a.atttypmod))
    FROM found JOIN pg_attribute AS a ON a.attrelid = found.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE a.atttypid >= 16384
    """

  private static let triggerGrants: SQL = """
    SELECT format('role %s may make triggers on %s',
      CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END, name)
    FROM found CROSS JOIN LATERAL aclexplode(relacl) AS g
    WHERE g.privilege_type = 'TRIGGER' AND g.grantee NOT IN (SELECT oid FROM trusted)
    """
}
