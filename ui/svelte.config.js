// `tree` builds fragments with createElement: the window's policy forbids innerHTML.
export default { compilerOptions: { fragments: "tree", runes: true } };
