import Configuration
import Testing

@Suite struct AccessErrorTests {
  static let files: [(text: String, errors: [String])] = [
    (
      "rule: []\n",
      [
        "access.yaml:1:1: unknown key \"rule\"; did you mean \"rules\"?"
      ]
    ),
    (
      "groups: [a]\nrules:\n",
      [
        "access.yaml:1:9: groups: expected keys and values, found a list"
      ]
    ),
    (
      "groups: {a: [x]}\n",
      [
        "access.yaml:1:13: group: expected keys and values, found a list"
      ]
    ),
    (
      "groups: {a: {}}\n",
      [
        "access.yaml:1:13: missing key \"members\" in group"
      ]
    ),
    (
      "groups: {a: {member: [x]}}\n",
      [
        "access.yaml:1:14: unknown key \"member\"; did you mean \"members\"?"
      ]
    ),
    (
      "groups: {a: {members: x}}\n",
      [
        "access.yaml:1:23: members: expected a list, found a text: write [\"...\"], or lines that begin"
          + " with \"- \""
      ]
    ),
    (
      "groups: {a: {members: [[x]]}}\n",
      [
        "access.yaml:1:24: members: expected a text, found a list"
      ]
    ),
    (
      "groups: {a: {members: []}, a: {members: []}}\n",
      [
        "access.yaml:1:28: duplicate key \"a\": it was first given at access.yaml:1:10"
      ]
    ),
    (
      "rules: {a: b}\n",
      [
        "access.yaml:1:8: rules: expected a list, found keys and values: begin each entry with \"- \""
      ]
    ),
    (
      "rules: [a]\n",
      [
        "access.yaml:1:9: rule: expected keys and values, found a text"
      ]
    ),
    (
      "rules: [{}]\n",
      [
        "access.yaml:1:9: a rule is for exactly one of group, user, client, certificate, everyone",
        "access.yaml:1:9: missing key \"allow\" or \"deny\" in rule",
      ]
    ),
    (
      "rules: [{user: a}]\n",
      [
        "access.yaml:1:9: missing key \"allow\" or \"deny\" in rule"
      ]
    ),
    (
      "rules: [{user: a, group: b, allow: {publish: [x]}}]\n",
      [
        "access.yaml:1:9: a rule is for exactly one of group, user, client, certificate, everyone: found"
          + " group and user"
      ]
    ),
    (
      "rules: [{allow: {publish: [x]}}]\n",
      [
        "access.yaml:1:9: a rule is for exactly one of group, user, client, certificate, everyone"
      ]
    ),
    (
      "rules: [{everyone: false, allow: {publish: [x]}}]\n",
      [
        "access.yaml:1:20: everyone: only true says to whom the rule applies"
      ]
    ),
    (
      "rules: [{user: , allow: {publish: [x]}}]\n",
      [
        "access.yaml:1:16: user: expected a name, found nothing"
      ]
    ),
    (
      "rules: [{user: a, allow: [x]}]\n",
      [
        "access.yaml:1:26: allow: expected keys and values, found a list"
      ]
    ),
    (
      "rules: [{user: a, allow: {}}]\n",
      [
        "access.yaml:1:26: missing key \"publish\" or \"subscribe\" in allow"
      ]
    ),
    (
      "rules: [{user: a, allow: {publish: x}}]\n",
      [
        "access.yaml:1:36: publish: expected a list, found a text: write [\"...\"], or lines that begin"
          + " with \"- \""
      ]
    ),
    (
      "rules: [{user: a, allow: {publish: [{client}]}}]\n",
      [
        "access.yaml:1:37: publish: expected a text, found keys and values; put the text in quotes if it"
          + " begins with \"{\""
      ]
    ),
    (
      "rules: [{user: a, allow: {publish: ['']}}]\n",
      [
        "access.yaml:1:37: publish: expected a text, found an empty text"
      ]
    ),
    (
      "rules: [{user: a, allow: {publihs: [x]}}]\n",
      [
        "access.yaml:1:27: unknown key \"publihs\"; did you mean \"publish\"?"
      ]
    ),
    (
      "rules: [{user: a, alow: {publish: [x]}}]\n",
      [
        "access.yaml:1:19: unknown key \"alow\"; did you mean \"allow\"?"
      ]
    ),
    (
      "rules: [{user: a, deny: {publish: [x, ]}, allow: {subscribe: [~]}}]\n",
      [
        "access.yaml:1:63: subscribe: expected a text, found nothing"
      ]
    ),
    (
      "rules: [{user: a, allow: {publish: [\"${X}\"]}}]\n",
      [
        "access.yaml:1:37: publish: the environment variable X is not set"
      ]
    ),
    (
      "rules: [{user: a, allow: {publish: [\"a/${X\"]}}]\n",
      [
        "access.yaml:1:37: publish: \"${\" without a \"}\"; write $${ if it is meant as text"
      ]
    ),
    (
      "rules: [{user: a, allow: {publish: [\"${X:-y}\"]}}]\n",
      [
        "access.yaml:1:37: publish: \"X:-y\" is no variable's name (letters, digits and _); write $${ if"
          + " it is meant as text"
      ]
    ),
  ]

  @Test(arguments: files) func `a wrong access file is explained`(text: String, expected: [String]) throws {
    let found = try errors(["access.yaml": text])
    #expect(found == expected)
  }
}
