package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"

	"github.com/sylabs/sif/v2/pkg/sif"
)

// load opens an image for reading only.
func load(path string) (*sif.FileImage, error) {
	return sif.LoadContainerFromPath(path, sif.OptLoadWithFlag(os.O_RDONLY))
}

// list prints the header and every object of an image, with the digest of its data.
func list(_ context.Context, _ options, args []string) (any, error) {
	image, err := load(args[0])
	if err != nil {
		return nil, err
	}
	defer image.UnloadContainer()
	objects := []map[string]any{}
	image.WithDescriptors(func(object sif.Descriptor) bool {
		var described map[string]any
		if described, err = describe(object); err != nil {
			return true
		}
		objects = append(objects, described)
		return false
	})
	if err != nil {
		return nil, err
	}
	header := map[string]any{
		"launchScript":      image.LaunchScript(),
		"version":           image.Version(),
		"arch":              image.PrimaryArch(),
		"id":                image.ID(),
		"created":           image.CreatedAt().Unix(),
		"modified":          image.ModifiedAt().Unix(),
		"descriptorsFree":   image.DescriptorsFree(),
		"descriptorsTotal":  image.DescriptorsTotal(),
		"descriptorsOffset": image.DescriptorsOffset(),
		"descriptorsSize":   image.DescriptorsSize(),
		"dataOffset":        image.DataOffset(),
		"dataSize":          image.DataSize(),
	}
	return map[string]any{"ok": true, "header": header, "objects": objects}, nil
}

func describe(object sif.Descriptor) (map[string]any, error) {
	about, err := metadata(object)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	size, err := io.Copy(hash, object.GetReader())
	if err != nil {
		return nil, err
	}
	if size != object.Size() {
		return nil, io.ErrUnexpectedEOF
	}
	linked, isGroup := object.LinkedID()
	return map[string]any{
		"id":            object.ID(),
		"type":          object.DataType().String(),
		"group":         object.GroupID(),
		"linked":        linked,
		"linkedToGroup": isGroup,
		"offset":        object.Offset(),
		"size":          object.Size(),
		"created":       object.CreatedAt().Unix(),
		"modified":      object.ModifiedAt().Unix(),
		"name":          object.Name(),
		"metadata":      about,
		"sha256":        hex.EncodeToString(hash.Sum(nil)),
	}, nil
}

// metadata says what the descriptor knows about its type of data, in the words of the module.
func metadata(object sif.Descriptor) ([]string, error) {
	switch object.DataType() {
	case sif.DataPartition:
		system, kind, arch, err := object.PartitionMetadata()
		return []string{system.String(), kind.String(), arch}, err
	case sif.DataSignature:
		hash, fingerprint, err := object.SignatureMetadata()
		return []string{hash.String(), hex.EncodeToString(fingerprint)}, err
	case sif.DataCryptoMessage:
		format, message, err := object.CryptoMessageMetadata()
		return []string{format.String(), message.String()}, err
	case sif.DataSBOM:
		format, err := object.SBOMMetadata()
		return []string{format.String()}, err
	case sif.DataOCIRootIndex, sif.DataOCIBlob:
		digest, err := object.OCIBlobDigest()
		return []string{digest.String()}, err
	}
	return []string{}, nil
}
