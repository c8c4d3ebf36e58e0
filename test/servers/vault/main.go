// Command vault-test-server serves HashiCorp Vault's own core over HTTP or HTTPS, for Conclave's
// tests. It is the real thing (barrier, seal, policies, KV v2, AppRole, audit), without the
// plugins and storage backends that no test needs.
//
// It prints "listening on ADDRESS" on stdout once it takes requests, and it starts as any Vault
// does: uninitialised, or sealed.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/audit"
	"github.com/hashicorp/vault/builtin/credential/approle"
	"github.com/hashicorp/vault/command/server"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/file"
	"github.com/hashicorp/vault/vault"
)

// builtins tells Vault's plugin catalog which engines are compiled in. Without a registry,
// mounting anything panics.
type builtins map[consts.PluginType]map[string]logical.Factory

func (b builtins) Contains(name string, kind consts.PluginType) bool {
	_, found := b[kind][name]
	return found
}

func (b builtins) Get(name string, kind consts.PluginType) (func() (interface{}, error), bool) {
	factory, found := b[kind][name]
	return func() (interface{}, error) { return factory, nil }, found
}

func (b builtins) Keys(kind consts.PluginType) []string {
	names := make([]string, 0, len(b[kind]))
	for name := range b[kind] {
		names = append(names, name)
	}
	return names
}

func (b builtins) DeprecationStatus(name string, kind consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, b.Contains(name, kind)
}

func (b builtins) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func newCore(storage string, logger hclog.Logger) (*vault.Core, error) {
	backend, err := file.NewFileBackend(map[string]string{"path": storage}, logger)
	if err != nil {
		return nil, err
	}
	return vault.NewCore(&vault.CoreConfig{
		Physical:           backend,
		StorageType:        "file",
		Logger:             logger,
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory},
		CredentialBackends: map[string]logical.Factory{"approle": approle.Factory},
		AuditBackends:      map[string]audit.Factory{"file": audit.NewFileBackend},
		BuiltinRegistry: builtins{
			consts.PluginTypeSecrets:    {"kv": kv.VersionedKVFactory},
			consts.PluginTypeCredential: {"approle": approle.Factory},
		},
		DisableMlock: true,
		RawConfig:    &server.Config{SharedConfig: &configutil.SharedConfig{}},
	})
}

func listen(address, certificate, key string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil || certificate == "" {
		return listener, err
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}), nil
}

func run() error {
	address := flag.String("listen", "127.0.0.1:0", "host:port; port 0 takes a free one")
	storage := flag.String("storage", "", "folder of the file storage (required)")
	certificate := flag.String("tls-cert", "", "PEM certificate chain; plain HTTP without it")
	key := flag.String("tls-key", "", "PEM private key")
	level := flag.String("log-level", "warn", "log level on stderr")
	tied := flag.Bool("tied-to-stdin", false, "end when stdin closes, so that a killed test leaves nothing")
	flag.Parse()
	if *storage == "" {
		return fmt.Errorf("-storage is required")
	}

	core, err := newCore(*storage, hclog.New(&hclog.LoggerOptions{
		Name: "vault", Level: hclog.LevelFromString(*level), Output: os.Stderr,
	}))
	if err != nil {
		return err
	}
	listener, err := listen(*address, *certificate, *key)
	if err != nil {
		return err
	}
	service := &http.Server{
		Handler: vaulthttp.Handler.Handler(&vault.HandlerProperties{
			Core:           core,
			ListenerConfig: &configutil.Listener{Address: listener.Addr().String()},
		}),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          hclog.Default().StandardLogger(nil),
	}

	ended := make(chan error, 1)
	go func() { ended <- service.Serve(listener) }()
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	if *tied {
		go func() {
			_, _ = io.Copy(io.Discard, bufio.NewReader(os.Stdin))
			cancel()
		}()
	}
	fmt.Printf("listening on %s\n", listener.Addr())

	select {
	case err := <-ended:
		return err
	case <-stop.Done():
		_ = service.Close()
		return core.Shutdown()
	}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
