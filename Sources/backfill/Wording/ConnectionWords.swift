import Postgres

extension ConnectionString.Malformed {
  var text: String {
    switch self {
    case .nul: "it contains a NUL byte"
    case .missingValue: "a keyword has no \"=\" and value after it"
    case .unknownOption: "it has an option that libpq does not know"
    case .unknownParameter: "the URI has a parameter that libpq does not know"
    case .openQuote: "a quoted value has no closing quote"
    case .badPercent:
      "a % in the URI is not followed by two hexadecimal digits (write % itself as %25)"
    case .unexpectedCharacter: "the URI has a character that is not allowed there"
    case .extraSeparator: "a parameter of the URI has more than one \"=\""
    case .missingSeparator: "the URI has a parameter without \"=\""
    case .openBracket: "the URI has a \"[\" without a matching \"]\""
    case .strayAt:
      "it has an \"@\" too many; write an @ inside a user name, password or database name as %40"
    case .portIsNoNumber:
      "the port is not a number; write / ? # and @ inside a URI's password as %2F %3F %23 and %40"
    case .nestedConnectionString: "the database name is a connection string itself"
    case .other: "libpq cannot read it"
    }
  }
}
