{{/* What an application is made of: its chart, and what the environment gives to it. */}}
{{- define "application.source" -}}
repoURL: https://git.observatory.example/platform/phalanx.git
targetRevision: main
path: "applications/{{ .name }}"
helm:
  parameters:
    - name: global.host
      value: {{ .values.fqdn | quote }}
    - name: global.baseUrl
      value: "https://{{ .values.fqdn }}"
    - name: global.environmentName
      value: {{ .values.name | quote }}
    - name: global.vaultSecretsPath
      value: {{ .values.vaultPathPrefix | quote }}
  valueFiles:
    - values.yaml
    - "values-{{ .values.name }}.yaml"
  ignoreMissingValueFiles: true
{{- end }}
