package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
	"image/png"
	"math"
	"testing"

	xdraw "golang.org/x/image/draw"
)

// checkIcon opens an icns file again and compares each picture with icon.png.
func checkIcon(t *testing.T, file []byte) {
	t.Helper()
	kind, elements, rest := cutElement(t, file)
	if kind != "icns" || len(rest) > 0 {
		t.Fatalf("the file begins with %q and has %d bytes behind it", kind, len(rest))
	}
	icon := flat(decodePNG(t, read(t, "../../assets/icon.png")), 0)
	for _, want := range []struct {
		kind string
		size int
	}{
		{"ic11", 32}, {"ic12", 64}, {"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024},
	} {
		var data []byte
		kind, data, elements = cutElement(t, elements)
		if kind != want.kind {
			t.Fatalf("found %q, want %q", kind, want.kind)
		}
		picture := decodePNG(t, data)
		if picture.Bounds() != image.Rect(0, 0, want.size, want.size) {
			t.Errorf("%s has bounds %v, want %d by %d", kind, picture.Bounds(), want.size, want.size)
			continue
		}
		size := min(want.size, icon.Bounds().Dx())
		if diff := meanDifference(flat(picture, size), flat(icon, size)); diff > 3 {
			t.Errorf("%s differs from icon.png by %.2f of 255 in the mean", kind, diff)
		}
	}
	if len(elements) > 0 {
		t.Errorf("%d bytes are left in the file", len(elements))
	}
}

// cutElement takes the first element off: four letters, the length of all of it, data.
func cutElement(t *testing.T, b []byte) (kind string, data, rest []byte) {
	t.Helper()
	if len(b) < 8 {
		t.Fatalf("%d bytes are no element", len(b))
	}
	length := binary.BigEndian.Uint32(b[4:])
	if length < 8 || int64(length) > int64(len(b)) {
		t.Fatalf("an element of %d bytes in %d", length, len(b))
	}
	return string(b[:4]), b[8:length], b[length:]
}

func decodePNG(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// flat gives a picture with its alpha multiplied in, so that what cannot be seen has no
// weight, at a width and height of size; 0 keeps them.
func flat(img image.Image, size int) *image.RGBA {
	if size == 0 || size == img.Bounds().Dx() {
		out := image.NewRGBA(img.Bounds())
		draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
		return out
	}
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	xdraw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// meanDifference is the mean over all pixels and channels, 0 to 255.
func meanDifference(a, b *image.RGBA) float64 {
	sum := 0.0
	for i := range a.Pix {
		sum += math.Abs(float64(a.Pix[i]) - float64(b.Pix[i]))
	}
	return sum / float64(len(a.Pix))
}
