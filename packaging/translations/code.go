package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	module     = "portlight"
	wordsPath  = module + "/assets/words"
	placeStart = " | "
)

// languages are the names of the files.
var languages = []string{"de", "fr", "es", "ja", "zh_Hans"}

// pluralForms are those of CLDR for whole numbers below a million.
var pluralForms = map[string][]string{"de": {"one", "other"}, "fr": {"one", "other"}, "es": {"one", "other"}, "ja": {"other"}, "zh_Hans": {"other"}}

// text is one in the code.
type text struct {
	key    string
	plural bool
	file   string
}

var braces = regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)

// namesIn gives the names in braces in a text, in order and each once.
func namesIn(s string) []string {
	var names []string
	for _, m := range braces.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// names gives the names that a translation has to have.
func (t *text) names() []string {
	return slices.DeleteFunc(namesIn(t.key), func(n string) bool { return t.plural && n == "N" })
}

// reader finds texts by their types: constants of words.Text and words.Error, and
// words.Plural. It reads the module's own packages only; what comes from others has no
// type, which go/types suffers.
type reader struct {
	root     string
	context  build.Context
	files    *token.FileSet
	packages map[string]*types.Package
	texts    map[string]*text
	plurals  map[types.Object]*text // of variables
	counts   []func()               // calls of Of, to be checked when all variables are known
	problems []string
}

// readCode gives the texts in the code below root, for Linux and macOS, and what is wrong with them.
func readCode(root string) (map[string]*text, []string, error) {
	texts := map[string]*text{}
	var problems []string
	for _, system := range []string{"linux", "darwin"} {
		r := &reader{root: root, context: build.Default, files: token.NewFileSet(), packages: map[string]*types.Package{}, texts: texts, plurals: map[types.Object]*text{}}
		r.context.GOOS, r.context.GOARCH, r.context.CgoEnabled = system, "arm64", true
		r.context.BuildTags = []string{"migrated_fynedo"}
		for _, top := range []string{"app", "assets", "scanner", "services"} {
			if err := r.walk(top); err != nil {
				return nil, nil, err
			}
		}
		for _, check := range r.counts {
			check()
		}
		problems = append(problems, r.problems...)
	}
	if len(texts) == 0 {
		return nil, nil, errors.New("no texts: run it in the folder of the module")
	}
	slices.Sort(problems)
	return texts, slices.Compact(problems), nil
}

func (r *reader) walk(top string) error {
	return filepath.WalkDir(filepath.Join(r.root, top), func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "testdata" {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(r.root, dir)
		if err != nil {
			return err
		}
		_, err = r.Import(path.Join(module, filepath.ToSlash(rel)))
		return err
	})
}

// Import gives a package of the module, read from its source, or an empty one for
// those of others.
func (r *reader) Import(name string) (*types.Package, error) {
	if p := r.packages[name]; p != nil {
		return p, nil
	}
	rel, own := strings.CutPrefix(name, module+"/")
	if !own {
		p := types.NewPackage(name, path.Base(name))
		p.MarkComplete()
		r.packages[name] = p
		return p, nil
	}
	files, err := r.parse(filepath.Join(r.root, filepath.FromSlash(rel)))
	if err != nil {
		return nil, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: r, Error: func(error) {}, FakeImportC: true}
	p, _ := config.Check(name, r.files, files, info)
	r.packages[name] = p
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool { return r.look(n, info) })
	}
	return p, nil
}

func (r *reader) parse(dir string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		base := filepath.Base(name)
		if match, err := r.context.MatchFile(dir, base); err != nil {
			return nil, err
		} else if !match || strings.HasSuffix(base, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(r.files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// look takes notice of a text. It goes no deeper into one.
func (r *reader) look(n ast.Node, info *types.Info) bool {
	if call, ok := n.(*ast.CallExpr); ok {
		r.checkCall(call, info)
		r.checkCount(call, info)
	}
	if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
		for i, v := range spec.Values {
			if lit, ok := v.(*ast.CompositeLit); ok && isWord(info.Types[v].Type, "Plural") {
				r.plurals[info.Defs[spec.Names[i]]] = &text{key: formsOf(lit, info)["Other"], plural: true}
			}
		}
	}
	e, ok := n.(ast.Expr)
	if !ok {
		return true
	}
	if lit, ok := e.(*ast.CompositeLit); ok && isWord(info.Types[e].Type, "Plural") {
		r.addPlural(lit, info)
		return false
	}
	tv := info.Types[e]
	if tv.Value == nil || tv.Value.Kind() != constant.String || !isWord(tv.Type, "Text") && !isWord(tv.Type, "Error") {
		return true
	}
	r.add(constant.StringVal(tv.Value), false, e)
	return false
}

func isWord(t types.Type, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == wordsPath
}

// formsOf gives the constant fields of a words.Plural by their names.
func formsOf(lit *ast.CompositeLit, info *types.Info) map[string]string {
	forms := map[string]string{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if v := info.Types[kv.Value].Value; v != nil {
				forms[fmt.Sprint(kv.Key)] = constant.StringVal(v)
			}
		}
	}
	return forms
}

func (r *reader) addPlural(lit *ast.CompositeLit, info *types.Info) {
	forms := formsOf(lit, info)
	if forms["One"] == "" || forms["Other"] == "" {
		r.say(lit, "a plural has the constants One and Other, by their names")
		return
	}
	one, other := text{key: forms["One"], plural: true}, text{key: forms["Other"], plural: true}
	if !slices.Equal(one.names(), other.names()) {
		r.say(lit, "One and Other differ in their names")
	}
	r.add(other.key, true, lit)
}

func (r *reader) add(key string, plural bool, at ast.Expr) {
	if key == "" || key == placeStart {
		return
	}
	if t := r.texts[key]; t != nil && t.plural != plural {
		r.say(at, fmt.Sprintf("%q is a plural in one place and none in another", key))
		return
	}
	if r.texts[key] == nil {
		r.texts[key] = &text{key: key, plural: plural, file: filepath.ToSlash(r.files.Position(at.Pos()).Filename)}
	}
}

// checkCall compares the names of a text with those that a call of With or Wrap fills in.
func (r *reader) checkCall(call *ast.CallExpr, info *types.Info) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || call.Ellipsis.IsValid() {
		return
	}
	var given []string
	text, pairs := sel.X, call.Args
	switch {
	case sel.Sel.Name == "Wrap" && len(pairs) > 1:
		given, text, pairs = []string{"Reason"}, pairs[0], pairs[2:]
	case sel.Sel.Name != "With":
		return
	}
	value := info.Types[text].Value
	if value == nil || !isWord(info.Types[text].Type, "Text") {
		return
	}
	r.checkPairs(call, given, pairs, namesIn(constant.StringVal(value)), info)
}

// checkCount compares the names of a variable of words.Plural with those that a call of Of
// fills in.
func (r *reader) checkCount(call *ast.CallExpr, info *types.Info) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Of" || call.Ellipsis.IsValid() || len(call.Args) == 0 {
		return
	}
	name, ok := sel.X.(*ast.Ident)
	if other, is := sel.X.(*ast.SelectorExpr); is {
		name, ok = other.Sel, true
	}
	if !ok {
		return
	}
	r.counts = append(r.counts, func() {
		if t := r.plurals[info.Uses[name]]; t != nil {
			r.checkPairs(call, nil, call.Args[1:], t.names(), info)
		}
	})
}

// checkPairs compares the names in pairs, and those given besides, with those of a text.
func (r *reader) checkPairs(call *ast.CallExpr, given []string, pairs []ast.Expr, want []string, info *types.Info) {
	for i := 0; i < len(pairs); i += 2 {
		if v := info.Types[pairs[i]].Value; v != nil && v.Kind() == constant.String {
			given = append(given, constant.StringVal(v))
		}
	}
	slices.Sort(given)
	if !slices.Equal(given, want) || len(pairs)%2 != 0 {
		r.say(call, fmt.Sprintf("fills in %v, the text has %v", given, want))
	}
}

func (r *reader) say(at ast.Node, what string) {
	r.problems = append(r.problems, fmt.Sprintf("%s: %s", r.files.Position(at.Pos()), what))
}
