package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"gopkg.in/yaml.v3"
)

// remotes is remote.yaml as the command line knows it. A key that is not here is an error there and here.
type remotes struct {
	Active  string            `yaml:"Active"`
	Remotes map[string]remote `yaml:"Remotes"`

	Credentials []credential `yaml:"Credentials,omitempty"`
}

type remote struct {
	URI        string      `yaml:"URI,omitempty"`
	Token      string      `yaml:"Token,omitempty"`
	System     bool        `yaml:"System"`
	Exclusive  bool        `yaml:"Exclusive"`
	Insecure   bool        `yaml:"Insecure,omitempty"`
	Keyservers []keyserver `yaml:"Keyservers,omitempty"`
}

type keyserver struct {
	URI      string `yaml:"URI"`
	Skip     bool   `yaml:"Skip"`
	External bool   `yaml:"External"`
	Insecure bool   `yaml:"Insecure"`
}

type credential struct {
	URI      string `yaml:"URI"`
	Auth     string `yaml:"Auth,omitempty"`
	Insecure bool   `yaml:"Insecure"`
}

// active reads the file strictly and answers the remote in use.
func active(path string) (remote, error) {
	file, err := os.Open(path)
	if err != nil {
		return remote{}, err
	}
	defer file.Close()
	var all remotes
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return remote{}, err
	}
	found, ok := all.Remotes[all.Active]
	if !ok {
		return remote{}, fmt.Errorf("there is no remote %q", all.Active)
	}
	return found, nil
}

// library asks a remote where its library is.
func (r remote) library(ctx context.Context) (string, error) {
	scheme := "https"
	if r.Insecure {
		scheme = "http"
	}
	address := fmt.Sprintf("%s://%s/assets/config/config.prod.json", scheme, r.URI)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var services map[string]struct {
		URI string `json:"uri"`
	}
	if err := json.NewDecoder(response.Body).Decode(&services); err != nil {
		return "", err
	}
	if base := services["libraryAPI"].URI; base != "" {
		return base, nil
	}
	return "", errors.New("the remote names no library")
}
