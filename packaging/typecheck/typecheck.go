// Command typecheck type-checks a Go program for another system, cgo files
// included, where the C compiler and the headers of that system are missing:
//
//	go run ./packaging/typecheck -tags migrated_fynedo ./...
//
// It takes the real file set of every package from go list, with cgo on, and
// checks the packages from their source in the order of their imports, the
// standard library and the tests of the named packages too. Function bodies are checked everywhere but in the standard
// library. Any error in any package is reported and makes the exit status 1.
//
// It does not check C, Objective-C or linking: what stands behind import "C" is
// taken as given (go/types.Config.FakeImportC), so a name that C lacks, or a wrong
// type passed to C, is not found. Where a value of such an unknown type is
// converted, go/types calls its type invalid; in a package with cgo files that one
// complaint is not a fault.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// target is what a program is checked for.
type target struct {
	OS, Arch string
	Tags     string // build tags, with commas
}

// goPackage is what is needed of an answer of go list.
type goPackage struct {
	ImportPath string
	Dir        string
	Standard   bool
	GoFiles    []string
	CgoFiles   []string
	ImportMap  map[string]string // import path in the source to ImportPath, where they differ
	Module     *struct{ GoVersion string }
}

func main() {
	goos := flag.String("os", "darwin", "system to check for")
	arches := flag.String("arch", "arm64,amd64", "architectures to check for")
	tags := flag.String("tags", "", "build tags, with commas between them")
	flag.Parse()
	results := make(chan error)
	list := strings.Split(*arches, ",")
	for _, arch := range list {
		go func() { results <- check(".", target{*goos, arch, *tags}, flag.Args()) }()
	}
	failed := false
	for range list {
		if err := <-results; err != nil {
			fmt.Fprintln(os.Stderr, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// check type-checks the packages that the patterns name, seen from dir, their
// tests, and all that they import. Its error has a line for each fault found.
func check(dir string, t target, patterns []string) error {
	pkgs, err := list(dir, t, patterns)
	if err != nil {
		return err
	}
	c := &checker{target: t, fset: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
	for _, p := range pkgs {
		c.check(p)
	}
	return errors.Join(c.faults...)
}

// list asks go list for the packages, each after those that it imports.
func list(dir string, t target, patterns []string) ([]goPackage, error) {
	args := []string{"list", "-deps", "-test", "-json=ImportPath,Dir,Standard,GoFiles,CgoFiles,ImportMap,Module", "-tags=" + t.Tags, "--"}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+t.OS, "GOARCH="+t.Arch, "CGO_ENABLED=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s/%s: %w\n%s", t.OS, t.Arch, err, bytes.TrimSpace(stderr.Bytes()))
	}
	var pkgs []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		switch err := dec.Decode(&p); {
		case err == io.EOF:
			return pkgs, nil
		case err != nil:
			return nil, fmt.Errorf("read the answer of go list: %w", err)
		}
		pkgs = append(pkgs, p)
	}
}

// checker holds the packages checked so far.
type checker struct {
	target
	fset   *token.FileSet
	done   map[string]*types.Package // by ImportPath
	faults []error
}

func (c *checker) check(p goPackage) {
	if p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test") { // the latter is generated
		return
	}
	conf := types.Config{
		FakeImportC:      true,
		IgnoreFuncBodies: p.Standard,
		Importer:         importerOf{c.done, p.ImportMap},
		Sizes:            types.SizesFor("gc", c.Arch),
		Error:            func(err error) { c.fault(p, err) },
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	// Its error is the first of those that went to conf.Error.
	c.done[p.ImportPath], _ = conf.Check(p.ImportPath, c.fset, c.parse(p), nil)
}

func (c *checker) parse(p goPackage) []*ast.File {
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		f, err := parser.ParseFile(c.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			c.fault(p, err)
			continue
		}
		files = append(files, f)
	}
	return files
}

// fault notes an error, unless it only follows from a type that C defines.
func (c *checker) fault(p goPackage, err error) {
	if len(p.CgoFiles) > 0 && strings.Contains(err.Error(), "with invalid type)") {
		return
	}
	said := func(e error) bool { return errors.Unwrap(e).Error() == err.Error() }
	if !slices.ContainsFunc(c.faults, said) { // a package and the same with its tests both have it
		c.faults = append(c.faults, fmt.Errorf("%s/%s: %w", c.OS, c.Arch, err))
	}
}

// importerOf gives the packages checked before, under the names that one package
// knows them by.
type importerOf struct {
	done  map[string]*types.Package
	names map[string]string
}

func (i importerOf) Import(path string) (*types.Package, error) {
	if mapped, ok := i.names[path]; ok {
		path = mapped
	}
	if p := i.done[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %s is not in the answer of go list", path)
}
