import Postgres

/// All of help as one page for man(1), made from the tables that the parser reads by. The pages of the manual stay with
/// `help TOPIC`, and are named.
enum ManPage {
  static var text: String {
    var page = Roff()
    page.header(Version.program, date: Version.date, version: Version.line, manual: "User Commands")
    page.section("NAME")
    page.paragraph("\(Version.program) - copy the history of TimescaleDB hypertables to another database")
    page.section("SYNOPSIS")
    page.synopsis(Version.program, "subcommand", optional: "options")
    page.section("DESCRIPTION")
    for paragraph in HelpPage.main.purpose { page.paragraph(paragraph) }
    page.section("SUBCOMMANDS")
    for subcommand in Subcommand.allCases { add(subcommand, to: &page) }
    page.section("COMMON OPTIONS")
    for option in commonOptions { add(option, of: .copy, to: &page) }
    for subcommand in acting {
      let missing = commonOptions.filter { !subcommand.accepts($0) }.map { "--\($0.long)" }
      if !missing.isEmpty { page.paragraph("Not of \(subcommand.name): \(missing.joined(separator: ", ")).") }
    }
    page.paragraph(
      "Write --name VALUE or --name=VALUE; -n VALUE, -nVALUE or -n=VALUE. After --, nothing is an option.")
    addSurroundings(to: &page)
    addReferences(to: &page)
    return page.text
  }

  private static func add(_ subcommand: Subcommand, to page: inout Roff) {
    page.subsection(subcommand.name)
    page.paragraph(HelpPage.summary(subcommand))
    for paragraph in HelpPage.purpose(subcommand) { page.paragraph(paragraph) }
    for option in subcommand.acceptedOptions where !commonOptions.contains(option) {
      add(option, of: subcommand, to: &page)
    }
  }

  private static func add(_ option: Option, of subcommand: Subcommand, to page: inout Roff) {
    page.option(
      option.spellings.reversed(), option.placeholder(in: subcommand), isOptional: option.valueIsOptional,
      HelpPage.meaning(option, in: subcommand))
  }

  /// What has a section of its own: what stands on the command line of most, and means the same on each.
  private static let commonOptions: [Option] = {
    let candidates = [.json, .jsonProgress] + Subcommand.copy.outputOptions + Subcommand.sharedOptions
    return candidates.filter { option in
      Set(acting.filter { $0.accepts(option) }.map { HelpPage.meaning(option, in: $0) }).count == 1
    }
  }()

  /// All but help.
  private static let acting = Subcommand.allCases.filter { $0 != .help }

  private static func addSurroundings(to page: inout Roff) {
    page.section("EXIT STATUS")
    for (code, meaning) in HelpPage.meaningsOfExitCodes { page.term(code, meaning) }
    for subcommand in Subcommand.allCases {
      let meanings = HelpPage.meanings(ofExitCodesOf: subcommand)
      guard !meanings.elementsEqual(HelpPage.meaningsOfExitCodes, by: ==) else { continue }
      page.paragraph("Of \(subcommand.name):")
      for (code, meaning) in meanings { page.term(code, meaning) }
    }
    page.section("ENVIRONMENT")
    for option in Option.allCases {
      guard let variable = option.environmentVariable else { continue }
      page.term(variable, "Stands for --\(option.long) where that is not given. Other users cannot read it.")
    }
    for (name, meaning) in otherVariables { page.term(name, meaning) }
    page.section("FILES")
    for (name, meaning) in files { page.term(name, meaning) }
    page.section("EXAMPLES")
    for subcommand in Subcommand.allCases where !HelpPage.example(subcommand).isEmpty {
      page.paragraph(HelpPage.summary(subcommand))
      page.example(HelpPage.example(subcommand))
    }
  }

  private static let otherVariables = [
    ("PGPASSFILE, PGSERVICE, PGSSLMODE and others", "What libpq reads is heeded; see psql(1)."),
    ("NO_COLOR", "If it is set, neither colours nor a live display are used."),
    ("PATH", "Where schema looks for pg_dump, pg_dumpall and pg_restore."),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "The certificate authorities that sslrootcert=system trusts."),
  ]

  private static let files = [
    ("~/.pgpass", "Passwords."),
    ("~/.pg_service.conf", "Connection parameters by the name of a service."),
    ("~/.postgresql/root.crt", "Certificate authorities for sslmode=verify-full."),
  ]

  private static func addReferences(to page: inout Roff) {
    page.section("SEE ALSO")
    page.paragraph("psql(1), pg_dump(1), pg_dumpall(1), pg_restore(1)")
    page.paragraph("'\(Version.program) help TOPIC' prints a page of the manual on one of these topics:")
    for manual in ManualPage.all { page.term(manual.topic, "\(manual.title).") }
  }
}
