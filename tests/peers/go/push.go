package main

import (
	"context"
	"os"
	"strings"

	library "github.com/sylabs/scs-library-client/client"
)

// push uploads a file and sets its tags.
func push(ctx context.Context, client *library.Client, opts options, args []string) (any, error) {
	file, err := os.Open(args[0])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	path, tags := split(args[1])
	done, err := client.UploadImage(ctx, file, path, opts.arch, strings.Split(tags, ","), "pushed by the Go client", nil)
	if err != nil {
		return nil, err
	}
	result := map[string]any{"ok": true}
	// Nothing comes back when the library had the file already.
	if done != nil {
		result["containerUrl"] = done.ContainerURL
		result["quotaTotal"] = done.Quota.QuotaTotalBytes
		result["quotaUsage"] = done.Quota.QuotaUsageBytes
	}
	return result, nil
}
