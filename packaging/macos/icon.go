package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"portlight/assets"
)

// iconPictures are those that iconutil(1) puts into an icns file as PNG, with their
// width and height in pixels. The two that are missing, for 16 and 32 points where a
// pixel is a point, have a format of their own; macOS takes the next larger there.
var iconPictures = []struct {
	Kind string // OSType
	Size int
}{
	{"ic11", 32}, {"ic12", 64}, {"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024},
}

// drawIcon gives the app's icon as an icns file.
func drawIcon() ([]byte, error) {
	defer test.NewApp().Quit() // Fyne draws nothing without an app; this one needs no screen
	drawn := map[int][]byte{}
	var elements bytes.Buffer
	for _, p := range iconPictures {
		if drawn[p.Size] == nil {
			var err error
			if drawn[p.Size], err = encodePNG(drawSVG(assets.Icon, p.Size)); err != nil {
				return nil, err
			}
		}
		writeElement(&elements, p.Kind, drawn[p.Size])
	}
	var file bytes.Buffer
	writeElement(&file, "icns", elements.Bytes())
	return file.Bytes(), nil
}

// writeElement writes what an icns file is made of, and is itself: four letters, the
// length of the whole element with big end first, and the data.
func writeElement(to *bytes.Buffer, kind string, data []byte) {
	to.WriteString(kind)
	to.Write(binary.BigEndian.AppendUint32(nil, uint32(8+len(data))))
	to.Write(data)
}

// drawSVG draws on nothing, so that what is transparent stays so.
func drawSVG(svg []byte, size int) image.Image {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(fyne.NewStaticResource("icon.svg", svg)))
	c.Resize(fyne.NewSquareSize(float32(size)))
	return c.Capture()
}

func encodePNG(img image.Image) ([]byte, error) {
	if img.Bounds().Empty() {
		return nil, errors.New("the icon was not drawn")
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err := encoder.Encode(&out, img)
	return out.Bytes(), err
}
