package assets

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	xdraw "golang.org/x/image/draw"
)

const (
	iconSize     = 512
	windowSize   = 256
	traySize     = 44
	templateSize = 32
)

// opaque is the alpha from which a pixel counts as drawn.
const opaque = 0x80

func TestPictures(t *testing.T) {
	icon := readFile(t, "icon.png")
	for _, tc := range []struct {
		name string
		data []byte
		size int
		max  int // bytes
	}{
		{"icon.png", icon, iconSize, 80 << 10},
		{"WindowIcon", WindowIcon, windowSize, 32 << 10},
		{"Tray", Tray, traySize, 4 << 10},
		{"TrayMarked", TrayMarked, traySize, 4 << 10},
		{"TrayTemplate", TrayTemplate, templateSize, 2 << 10},
		{"TrayTemplateMarked", TrayTemplateMarked, templateSize, 2 << 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			img := decode(t, tc.data)
			if got, want := img.Bounds(), image.Rect(0, 0, tc.size, tc.size); got != want {
				t.Errorf("bounds %v, want %v", got, want)
			}
			if len(tc.data) > tc.max {
				t.Errorf("%d bytes, want at most %d", len(tc.data), tc.max)
			}
			checkCorners(t, img)
		})
	}
}

// checkCorners demands that a picture has no background of its own.
func checkCorners(t *testing.T, img *image.NRGBA) {
	t.Helper()
	last := img.Bounds().Max.X - 1
	for _, p := range []image.Point{{0, 0}, {last, 0}, {0, last}, {last, last}} {
		if a := img.NRGBAAt(p.X, p.Y).A; a != 0 {
			t.Errorf("corner %v has alpha %d, want 0", p, a)
		}
	}
}

func TestTemplatesAreBlackAndAlpha(t *testing.T) {
	for name, data := range map[string][]byte{"TrayTemplate": TrayTemplate, "TrayTemplateMarked": TrayTemplateMarked} {
		img := decode(t, data)
		drawn := 0
		eachPixel(img, func(p image.Point, c color.NRGBA) {
			if c.A > 0 && (c.R|c.G|c.B) != 0 {
				t.Errorf("%s: pixel %v is %v, want black", name, p, c)
			}
			if c.A >= opaque {
				drawn++
			}
		})
		if share := float64(drawn) / (templateSize * templateSize); share < 0.25 || share > 0.75 {
			t.Errorf("%s: %.0f %% of the pixels are drawn, want 25 to 75", name, 100*share)
		}
	}
}

// TestTrayReadsOnEveryPanel: a good part of the icon differs from the panel by
// the contrast that WCAG 2.1 (1.4.11) asks of graphics, at each usual size.
func TestTrayReadsOnEveryPanel(t *testing.T) {
	const contrast, share = 3, 0.15
	panels := map[string]color.NRGBA{
		"white":      {0xff, 0xff, 0xff, 0xff},
		"light grey": {0xe0, 0xe0, 0xe0, 0xff},
		"mid-grey":   {0x80, 0x80, 0x80, 0xff},
		"dark":       {0x2d, 0x2d, 0x2d, 0xff},
		"black":      {0x00, 0x00, 0x00, 0xff},
	}
	for name, data := range map[string][]byte{"Tray": Tray, "TrayMarked": TrayMarked} {
		for _, size := range []int{16, 22, 24, 32, 44} {
			img := scale(decode(t, data), size)
			for panel, c := range panels {
				if got := shareAbove(img, c, contrast); got < share {
					t.Errorf("%s at %d on %s: %.0f %% of the pixels have a contrast of %d:1, want %.0f %%", name, size, panel, 100*got, contrast, 100*share)
				}
			}
		}
	}
}

// TestMarkIsInTheCorner: the marked icons differ from the plain ones in the top
// right corner, clearly, and nowhere else.
func TestMarkIsInTheCorner(t *testing.T) {
	for _, tc := range []struct {
		name          string
		plain, marked []byte
		dot           color.NRGBA
	}{
		{"Tray", Tray, TrayMarked, color.NRGBA{0xff, 0x51, 0x48, 0xff}},
		{"TrayTemplate", TrayTemplate, TrayTemplateMarked, color.NRGBA{A: 0xff}},
	} {
		plain, marked := decode(t, tc.plain), decode(t, tc.marked)
		side := plain.Bounds().Dx()
		corner := image.Rect(side/2, 0, side, side/2)
		differ, dot := 0, 0
		eachPixel(marked, func(p image.Point, c color.NRGBA) {
			if c != plain.NRGBAAt(p.X, p.Y) {
				differ++
				if !p.In(corner) {
					t.Errorf("%s: pixel %v differs outside the corner", tc.name, p)
				}
				if c == tc.dot {
					dot++
				}
			}
		})
		all := side * side / 4
		if differ < all/4 || dot < all/8 {
			t.Errorf("%s: %d of the corner's %d pixels differ, %d are the dot's: too few to see", tc.name, differ, all, dot)
		}
	}
}

// TestPicturesMatchDrawings: Fyne draws the SVG as it looks in the PNG. So all
// icons are alike and draw.sh has been run.
func TestPicturesMatchDrawings(t *testing.T) {
	test.NewTempApp(t)
	for name, drawing := range map[string]string{
		"icon": "icon", "icon-window": "icon", "tray": "tray", "tray-marked": "tray-marked", "tray-template": "tray-template",
	} {
		t.Run(name, func(t *testing.T) {
			want := decode(t, readFile(t, name+".png"))
			got, back := drawByFyne(t, fyne.NewStaticResource(drawing+".svg", readFile(t, drawing+".svg")), want.Bounds().Dx())
			if diff := meanDifference(got, flatten(want, back)); diff > 1 {
				t.Errorf("mean difference %.2f of 255: run draw.sh, or the SVG uses what Fyne cannot draw", diff)
			}
		})
	}
}

func TestIconIsKnownAsSVG(t *testing.T) {
	if !bytes.HasPrefix(Icon, []byte("<svg ")) {
		t.Error("Icon does not begin with <svg: Fyne knows an SVG by that where the name does not say it")
	}
}

// drawByFyne gives a picture of an SVG on a window, and the window's colour.
func drawByFyne(t *testing.T, svg fyne.Resource, size int) (*image.NRGBA, color.Color) {
	t.Helper()
	w := test.NewTempWindow(t, canvas.NewImageFromResource(svg))
	w.SetPadded(false)
	w.Resize(fyne.NewSquareSize(float32(size)))
	img := toNRGBA(w.Canvas().Capture())
	return img, img.At(0, 0)
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t *testing.T, data []byte) *image.NRGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return toNRGBA(img)
}

func toNRGBA(img image.Image) *image.NRGBA {
	if same, ok := img.(*image.NRGBA); ok {
		return same
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

func scale(img *image.NRGBA, size int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, size, size))
	xdraw.BiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

func flatten(img *image.NRGBA, back color.Color) *image.NRGBA {
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), image.NewUniform(back), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Over)
	return out
}

func eachPixel(img *image.NRGBA, f func(image.Point, color.NRGBA)) {
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			f(image.Pt(x, y), img.NRGBAAt(x, y))
		}
	}
}

// meanDifference is the mean over all pixels and channels, 0 to 255.
func meanDifference(a, b *image.NRGBA) float64 {
	if a.Bounds() != b.Bounds() {
		return math.Inf(1)
	}
	sum := 0.0
	for i := range a.Pix {
		sum += math.Abs(float64(a.Pix[i]) - float64(b.Pix[i]))
	}
	return sum / float64(len(a.Pix))
}

// shareAbove is the share of the drawn pixels whose contrast with back is at
// least min.
func shareAbove(img *image.NRGBA, back color.NRGBA, min float64) float64 {
	drawn, good := 0, 0
	eachPixel(img, func(_ image.Point, c color.NRGBA) {
		if c.A < opaque {
			return
		}
		drawn++
		if contrast(c, back) >= min {
			good++
		}
	})
	return float64(good) / float64(drawn)
}

// contrast is WCAG 2.1's contrast ratio, 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance is WCAG 2.1's relative luminance, 0 to 1.
func luminance(c color.NRGBA) float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}
